import { app } from 'durable-functions'
import * as df from 'durable-functions'
import INVOICE, { ORDERS as orders, Activities } from '../lib/names.js'
import * as all from '../lib/names.js'
import { helloActivity } from './hello.js'

export default app.orchestration(orders + '_v1_2', function* (context) {
  yield context.df.callActivity(Activities.ship + '_v1_2')
  yield context.df.callActivity(all.Activities.pay + '_v1_2', 'Pay')
  yield context.df.callActivity(INVOICE + '_v1_2')
  yield helloActivity('hello')
  yield helloActivity()
  yield context.df.callEntity(new df.EntityId('Counter', 'Orders'), 'add')
})

app.activity(Activities.ship + '_v1_2', { handler: () => 'Ship' })
app.activity(Activities.pay + '_v1_2', { handler: async () => (await import('../lib/late.js')).late })
app.activity(INVOICE + '_v1_2', { handler: () => INVOICE })
