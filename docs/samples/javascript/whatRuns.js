// What still runs in this app's task hub. Apart from the function, so that it can be tested without Azure.

// All four are active. The two that are easily forgotten: Suspended goes on when it is resumed, ContinuedAsNew is about to begin again.
const ACTIVE = ["Pending", "Running", "Suspended", "ContinuedAsNew"];

// Answers { HasRunning, verdict, sentence, oldest, active }. Times in seconds. `pause` waits, so that tests need not.
async function whatRuns(client, { exclude = [], settle = 5, deadline = 45, pause = sleep } = {}) {
    const given = new AbortController();
    const late = pause(deadline, given.signal).then(() => unknown(`the task hub was not read to its end within ${deadline} s`));
    try {
        return await Promise.race([twoPasses(client, exclude, () => pause(settle, given.signal)), late]);
    } catch (error) {
        return unknown(`the task hub can't be read: ${error.message}`);
    } finally {
        given.abort();
    }
}

// An instance that is being started may not have its row yet, so one look that finds nothing is not enough.
async function twoPasses(client, exclude, settled) {
    let found = await activeInstances(client, exclude);
    if (found.length === 0) {
        await settled();
        found = await activeInstances(client, exclude);
    }
    if (found.length === 0) {
        return { HasRunning: false, verdict: "drained", sentence: "Nothing is running.", oldest: null, active: 0 };
    }
    const [oldest] = found.sort((one, other) => Date.parse(one.createdTime) - Date.parse(other.createdTime));
    const { instanceId: id, name, runtimeStatus: status, createdTime: created } = oldest;
    const sentence = `${found.length} active, the oldest ${name} ${id}, ${status} since ${created}.`;
    return { HasRunning: true, verdict: "busy", sentence, oldest: { id, name, status, created }, active: found.length };
}

// durable-functions 3.x follows the continuation token until there is none, also through pages that are empty. Older clients stop at 100.
async function activeInstances(client, exclude) {
    const instances = await client.getStatusBy({ runtimeStatus: ACTIVE });
    // "@name@key" is an entity. It is Running for ever.
    return instances.filter(({ instanceId, name }) => !instanceId.startsWith("@") && !exclude.includes(name));
}

// Not known is not drained.
function unknown(reason) {
    return { HasRunning: true, verdict: "unknown", sentence: `Not known whether anything runs: ${reason}.`, oldest: null, active: null };
}

function sleep(seconds, signal) {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, seconds * 1000);
        signal.addEventListener("abort", () => clearTimeout(timer));
    });
}

module.exports = { whatRuns };
