const df = require("durable-functions");
const { SHIP, names } = require("../versions/v1_2/shared/names");
const steps = require("./steps");

module.exports = df.orchestrator(function* (context) {
    const outputs = []; // Ship, then Pay
    outputs.push(yield context.df.callActivity(SHIP + "_v1_2", "Ship"));
    outputs.push(yield context.df.callActivity(names.pay + "_v1_2", steps));
    outputs.push(yield context.df.callSubOrchestrator("Refunds_v1_2", outputs));
    context.df.signalEntity(new df.EntityId("Counter", "Orders"), "add");
    return outputs;
});
