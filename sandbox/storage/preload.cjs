// Loaded by `node --require` before Azurite. Three things that Azurite 3.35.0 itself can't do: accounts that come and go while it
// runs, user delegation SAS as the newest clients sign them, and an end together with the process that started it.
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");

const part = (...names) => require(path.join(process.env.SANDBOX_AZURITE, "dist", "src", ...names));

// 1. Accounts.
const file = process.env.SANDBOX_AZURITE_ACCOUNTS;
const store = part("common", "AccountDataStore.js").default;

// The file is replaced whole, by a rename, so a new inode or a new time means new accounts; a look at each request is cheap.
let accounts = {};
let seen = "";
function current() {
  const { ino, mtimeNs } = fs.statSync(file, { bigint: true });
  const stamp = `${ino} ${mtimeNs}`;
  if (stamp !== seen) {
    const read = JSON.parse(fs.readFileSync(file, "utf8"));
    accounts = Object.fromEntries(
      Object.entries(read).map(([name, [key1, key2]]) => [
        name,
        { name, key1: Buffer.from(key1, "base64"), key2: Buffer.from(key2, "base64") },
      ]),
    );
    seen = stamp;
  }
  return accounts;
}
store.prototype.getAccount = (name) => (Object.hasOwn(current(), name) ? accounts[name] : undefined);

// 2. User delegation SAS. From service version 2026-04-06 on, two more lines are signed, for required request headers and query
// parameters, after the encryption scope (azure-storage-blob 12.31.1 writes them; both are empty unless asked for, and refused here).
const DYNAMIC_SINCE = "2026-04-06";
const AFTER_ENCRYPTION_SCOPE = 21;
const signing = part("blob", "authentication", "IBlobSASSignatureValues.js");
const sign = signing.generateBlobSASSignatureWithUDK;
signing.generateBlobSASSignatureWithUDK = (values, resource, account, key) => {
  const [signature, text] = sign(values, resource, account, key);
  if (values.version < DYNAMIC_SINCE) return [signature, text];
  const lines = text.split("\n");
  lines.splice(AFTER_ENCRYPTION_SCOPE, 0, "", "");
  const longer = lines.join("\n");
  return [crypto.createHmac("sha256", key).update(longer, "utf8").digest("base64"), longer];
};

// 3. The end. Standard input is a pipe whose other end only the starter holds: it closes when the starter ends, however that happens.
// SIGTERM lets Azurite write what it has; connections that clients keep open must not hold it up for ever.
// What it says while it closes has no reader then; that must not keep it from writing its data.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM"));
process.stdin.resume();
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    process.stdin.destroy();
    setTimeout(() => process.exit(0), 5000).unref();
  });
}
