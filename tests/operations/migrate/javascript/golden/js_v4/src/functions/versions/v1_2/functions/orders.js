// Takes an order from Ship to Pay. The names in this comment stay: Orders, Ship, Pay.
const df = require('durable-functions');
const { NAMES, PREFIX } = require('../lib/names');
const price = require('../lib/price.js');

const RETRY = new df.RetryOptions(5000, 3);

/** Orders: one for each basket. */
df.app.orchestration('Orders_v1_2', function* (context) {
    const input = context.df.getInput();
    context.log('Orders began');            // a text that is no reference
    const receipt = yield context.df.callActivity('Ship_v1_2', { ...input, to: 'Ship' });
    yield context.df.callActivity("Pay_v1_2", price(input));
    yield context.df.callActivity(`Pay_v1_2`, input);
    yield context.df.callActivityWithRetry(NAMES.invoice + '_v1_2', RETRY, input);
    yield context.df.callSubOrchestrator(`${PREFIX}Item_v1_2`, input);
    yield context.df.callSubOrchestratorWithRetry('Or' + 'derItem' + '_v1_2', RETRY, input);
    yield context.df.callActivity(input.express ? 'Ship_v1_2' : NAMES.pay + '_v1_2', input);
    for (const step of ['Ship', 'Pay']) {
        yield context.df.callActivity(step + '_v1_2', input);
    }
    yield thank({ 'Orders': receipt });
    yield context.df.Task.all([thank(1), thank(2).withRetry(RETRY)]);
    const stock = new df.EntityId('Stock', 'tea');
    context.df.signalEntity(stock, 'take');
    yield context.df.callActivity(input.activity, input);
    return receipt;
});

df.app.orchestration(NAMES.item + '_v1_2', { handler: item });

function* item(context) {
    return yield context.df.callActivity('Ship_v1_2', context.df.getInput());
}

const thank = df.app.activity('Thank_v1_2', { handler: (whom) => `Thank ${whom}` });

df.app.activity('Ship_v1_2', {
    handler: (order) => {
        return `Ship ${order.id}`;
    },
});

module.exports = { thank };
