const table = require('./prices.json');

module.exports = (order) => order.count * table.tea;
