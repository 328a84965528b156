// Loads an app as the Node worker does and prints, as JSON, which functions it has and which names its orchestrators use.
// `node load.cjs APP`. Loading: azure-functions-nodejs-worker `startApp.ts`, `loadScriptFile.ts`. Replaying: the real durable-functions package.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { inspect } = require("node:util");
const globby = require("globby");

// By what was scheduled (`ActionType`), what tells that it has succeeded (`HistoryEventType`). What is not here ends the run, such as an entity.
const COMPLETED = { 0: 5, 1: 5, 2: 8, 3: 8 };
const WHEN = "2026-01-05T09:00:00Z";
const STEPS = 30;
const app = path.resolve(process.argv[2]);
const package_ = JSON.parse(fs.readFileSync(path.join(app, "package.json"), "utf8"));
const registered = [];

// Outside of the worker there is no such module. It is what @azure/functions hands its registrations to.
const core = {
    version: "4.0.0",
    setProgrammingModel() {},
    registerHook: () => ({ dispose() {} }),
    registerFunction: (metadata, callback) => {
        registered.push({ name: metadata.name, bindings: Object.values(metadata.bindings), callback });
    },
    log() {},
};
const load = Module._load;
Module._load = function (request, ...rest) {
    return request === "@azure/functions-core" ? core : load.call(this, request, ...rest);
};

async function loaded(file) {
    const modern = file.endsWith(".mjs") || (!file.endsWith(".cjs") && package_.type === "module");
    return modern ? import(pathToFileURL(file)) : require(file);
}

async function registrations() {
    for (const file of (await globby(package_.main, { cwd: app })).sort()) {
        await loaded(path.join(app, file));
    }
    return registered.map(({ name, bindings, callback }) => ({ name, types: bindings.map((one) => one.type), run: callback }));
}

async function folders() {
    const found = [];
    for (const manifest of (await globby("*/function.json", { cwd: app })).sort()) {
        const folder = path.join(app, path.dirname(manifest));
        const { bindings, scriptFile = "index.js", entryPoint } = JSON.parse(fs.readFileSync(path.join(app, manifest), "utf8"));
        const script = await loaded(path.join(folder, scriptFile));
        const run = entryPoint ? script[entryPoint] : (script.run ?? script);
        if (typeof run !== "function") {
            throw new Error(`${manifest} leads to no function`);
        }
        found.push({ name: path.basename(folder), types: bindings.map((one) => one.type), run });
    }
    return found;
}

// All names that come up while everything that an orchestrator waits for succeeds.
async function names({ name, run }) {
    let found = [];
    const history = [
        { EventType: 12, EventId: -1, IsPlayed: false, Timestamp: WHEN },
        { EventType: 0, EventId: -1, IsPlayed: false, Timestamp: WHEN, Name: name, Input: "{}" },
    ];
    for (let step = 0; step < STEPS; step++) {
        const binding = {
            history,
            input: { id: "1", count: 2, activity: "Dynamic" },
            instanceId: "1",
            isReplaying: false,
            parentInstanceId: null,
            maximumShortTimerDuration: "6.00:00:00",
            longRunningTimerIntervalDuration: "3.00:00:00",
            defaultHttpAsyncRequestSleepTimeMillseconds: 30000,
            upperSchemaVersion: 1,
        };
        const state = await replayed(run, name, binding);
        const actions = JSON.stringify(state.actions);
        found = [...actions.matchAll(/"(?:functionName":"|instanceId":"(?=@))([^"]+)"/g)].map((match) => match[1]);
        const awaited = COMPLETED[kinds(state.actions)[step]];
        if (state.isDone || awaited === undefined) {
            break;
        }
        history.push({ EventType: awaited, EventId: -1, IsPlayed: false, Timestamp: WHEN, TaskScheduledId: step, Result: '"done"' });
    }
    return found;
}

function kinds(actions) {
    const flat = (one) => (one.compoundActions ?? [one]).flatMap((inner) => (inner === one ? [one] : flat(inner)));
    return actions.flat().flatMap(flat).map((one) => one.actionType);
}

async function replayed(run, name, binding) {
    if (package_.main) {
        const { InvocationContext } = require(require.resolve("@azure/functions", { paths: [app] }));
        return run(binding, new InvocationContext({ functionName: name, logHandler() {} }));
    }
    return new Promise((resolve, reject) => {
        const context = { bindings: { context: binding }, log() {}, done: (error, state) => (error ? reject(error) : resolve(state)) };
        run(context);
    });
}

(async () => {
    const functions = package_.main ? await registrations() : await folders();
    const told = [];
    for (const one of functions) {
        const orchestrator = one.types.includes("orchestrationTrigger");
        told.push({ name: one.name, types: one.types, uses: orchestrator ? [...new Set(await names(one))].sort() : [] });
    }
    process.stdout.write(JSON.stringify(told.sort((a, b) => (a.name < b.name ? -1 : 1))));
})().catch((error) => {
    process.stderr.write(`${inspect(error)}\n`);
    process.exit(1);
});
