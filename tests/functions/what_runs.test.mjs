// The JavaScript sample of docs/status-check-function.md, with a client that pages as durable-functions 3.5.0 does
// (lib/src/durableClient/DurableClient.js, getStatusInternal): one page of the HTTP API after the other, until there is no token.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const { whatRuns } = createRequire(import.meta.url)("../../docs/samples/javascript/whatRuns.js");

const EMPTY = [];
const instance = (instanceId, runtimeStatus, createdTime = "2026-01-05T09:00:00Z", name = "ProcessOrder") => ({
    instanceId,
    runtimeStatus,
    createdTime,
    name,
});

class Client {
    // `passes`: for each scan of the hub its pages, of which some may be empty. The last one repeats.
    constructor(...passes) {
        this.passes = passes;
        this.scans = 0;
        this.requests = 0;
    }

    async getStatusBy(filter) {
        const pages = this.passes[Math.min(this.scans++, this.passes.length - 1)];
        let token = 0;
        const found = [];
        do {
            this.requests++;
            found.push(...pages[token].filter(({ runtimeStatus }) => filter.runtimeStatus.includes(runtimeStatus)));
            token = token + 1 < pages.length ? token + 1 : undefined;
        } while (token !== undefined);
        return found;
    }
}

// Settles at once; the deadline never comes.
const atOnce = { pause: (seconds) => (seconds === 45 ? new Promise(() => {}) : Promise.resolve()) };

test("an active instance behind empty pages is found", async () => {
    const client = new Client([EMPTY, EMPTY, EMPTY, [instance("o-1", "Running")]]);
    assert.deepEqual(await whatRuns(client, atOnce), {
        HasRunning: true,
        verdict: "busy",
        sentence: "1 active, the oldest ProcessOrder o-1, Running since 2026-01-05T09:00:00Z.",
        oldest: { id: "o-1", name: "ProcessOrder", status: "Running", created: "2026-01-05T09:00:00Z" },
        active: 1,
    });
    assert.deepEqual([client.scans, client.requests], [1, 4]);
});

for (const status of ["Pending", "Running", "Suspended", "ContinuedAsNew"]) {
    test(`an instance that is ${status} runs`, async () => {
        assert.equal((await whatRuns(new Client([[instance("o-1", status)]]), atOnce)).HasRunning, true);
    });
}

test("ended instances and entities don't run, and nothing is said before a second look", async () => {
    const ended = ["Completed", "Failed", "Canceled", "Terminated"].map((status) => instance(`o-${status}`, status));
    const client = new Client([ended, [instance("@stock@tea", "Running")], EMPTY]);
    const drained = { HasRunning: false, verdict: "drained", sentence: "Nothing is running.", oldest: null, active: 0 };
    assert.deepEqual(await whatRuns(client, atOnce), drained);
    assert.deepEqual([client.scans, client.requests], [2, 6]);
});

test("what starts between the two looks is found", async () => {
    assert.equal((await whatRuns(new Client([EMPTY], [[instance("o-1", "Pending")]]), atOnce)).verdict, "busy");
});

test("the oldest of several is named, and excluded orchestrators don't count", async () => {
    const pages = [
        [instance("o-2", "Running", "2026-01-05T10:00:00Z"), instance("c-1", "Running", "2020-01-01T00:00:00Z", "Cleanup")],
        [instance("o-1", "Suspended", "2026-01-05T09:00:00Z")],
    ];
    const answer = await whatRuns(new Client(pages), { ...atOnce, exclude: ["Cleanup"] });
    assert.deepEqual([answer.oldest.id, answer.active], ["o-1", 2]);
    assert.equal((await whatRuns(new Client([[pages[0][1]]]), { ...atOnce, exclude: ["Cleanup"] })).HasRunning, false);
});

test("storage that can't be read is not drained", async () => {
    const client = { getStatusBy: async () => Promise.reject(new Error("403")) };
    const answer = await whatRuns(client, atOnce);
    assert.deepEqual([answer.HasRunning, answer.verdict], [true, "unknown"]);
    assert.equal(answer.sentence, "Not known whether anything runs: the task hub can't be read: 403.");
});

test("a hub that is not read in time is not drained", async () => {
    const client = { getStatusBy: () => new Promise(() => {}) };
    const answer = await whatRuns(client, { deadline: 0.01 });
    assert.deepEqual([answer.HasRunning, answer.verdict], [true, "unknown"]);
    assert.equal(answer.sentence, "Not known whether anything runs: the task hub was not read to its end within 0.01 s.");
});

test("no timer stays behind an answer", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    await whatRuns(new Client([[instance("o-1", "Running")]]));
    assert.equal(timers(), before);
});
