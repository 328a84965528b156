const df = require('durable-functions')
const names = require('./names')

module.exports = df.orchestrator(function* (context) {
  yield context.df.callActivityWithRetry(names.names.pay + '_v1_2', new df.RetryOptions(1000, 2), 'Refunds')
})
