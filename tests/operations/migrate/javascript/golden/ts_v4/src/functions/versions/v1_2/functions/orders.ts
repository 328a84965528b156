import * as df from 'durable-functions';
import { ActivityHandler, OrchestrationContext, OrchestrationHandler } from 'durable-functions';
import { Activities, ORCHESTRATOR, type Order } from '../lib/names';
import flow = require('../lib/flow');

const orders: OrchestrationHandler = function* (context: OrchestrationContext) {
    const order = context.df.getInput<Order>();
    const outputs: string[] = [];
    outputs.push(yield context.df.callActivity(Activities.Ship + '_v1_2', order));
    outputs.push(yield context.df.callActivity(flow.pay + '_v1_2' as string, order));
    outputs.push(yield thank(order.id));
    outputs.push(yield context.df.callSubOrchestrator('OrderItem_v1_2', order satisfies Order));
    context.df.signalEntity(new df.EntityId('Counter', order.id), 'add');
    return outputs;
};
df.app.orchestration(ORCHESTRATOR + '_v1_2', orders);
df.app.orchestration('OrderItem_v1_2', function* (context) {
    return yield context.df.callActivity(Activities.Ship + '_v1_2', <Order>context.df.getInput());
});

const ship: ActivityHandler = (order: Order): string => `Ship ${order.id}`;
df.app.activity(Activities.Ship + '_v1_2', { handler: ship });
df.app.activity('Pay_v1_2', { handler: flow.charge });
const thank = df.app.activity('Thank_v1_2', { handler: (id: string) => `Thank ${id}` });
