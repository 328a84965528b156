const PREFIX = 'Order';

exports.PREFIX = PREFIX;
exports.NAMES = Object.freeze({ item: PREFIX + 'Item', pay: 'Pay', invoice: 'Invoice', queue: 'Pay' });
