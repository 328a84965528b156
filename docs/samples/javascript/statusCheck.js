// StatusCheck in the v4 programming model, with durable-functions 3.x: put both files into src/functions.
const { app } = require("@azure/functions");
const df = require("durable-functions");
const { whatRuns } = require("./whatRuns");

app.http("StatusCheck", {
    methods: ["GET", "POST"],
    authLevel: "function",
    extraInputs: [df.input.durableClient()],
    handler: async (request, context) => {
        const exclude = (request.query.get("exclude") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
        const jsonBody = await whatRuns(df.getClient(context), { exclude });
        return { jsonBody, headers: { "Cache-Control": "no-store" } };
    },
});
