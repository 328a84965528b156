import * as df from 'durable-functions'

export const helloActivity = df.app.activity('hello_v1_2', { handler: (whom) => `hello ${whom}` })
