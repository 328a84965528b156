"use strict"
const { app: durable } = require("durable-functions")
const names = require("../lib/names")
const { thank } = require("./orders")

durable.activity(names.NAMES.pay + "_v1_2", { handler: async (order) => ({ paid: order, by: "Pay" }) })
durable.activity(names.NAMES["invoice"] + "_v1_2", { extraInputs: [], handler: () => "Invoice" })

durable.orchestration("Order_v1_2", function* (ctx) {
  yield thank("Order")
  yield ctx.df.callSubOrchestrator("Orders_v1_2", {}, `Orders-${ctx.df.instanceId}`)
})
