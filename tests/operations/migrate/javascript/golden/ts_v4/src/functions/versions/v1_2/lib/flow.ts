import { Order } from './names';

const flow = { pay: 'Pay', charge: (order: Order): number => order.count };

export = flow;
