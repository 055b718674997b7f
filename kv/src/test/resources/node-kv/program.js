const assert = require("assert");
const Redis = require("ioredis");

async function main() {
  const redis = new Redis(Number(process.argv[2]), "127.0.0.1");
  assert.strictEqual(await redis.set("page:node", "x", "EX", 100), "OK");
  assert.strictEqual(await redis.get("page:node"), "x");
  assert.ok((await redis.ttl("page:node")) > 90);
  await redis.hset("h:7001", { a: "one", b: "two" });
  assert.deepStrictEqual(await redis.hgetall("h:7001"), { id: "7001", a: "one", b: "two" });
  assert.strictEqual(await redis.hincrby("h:7001", "n", 5), 5);
  const answers = await redis.pipeline().incr("tally:7001").get("tally:7001").exec();
  assert.deepStrictEqual(answers, [[null, 1], [null, "1"]]);
  const done = await redis.multi().set("page:node", "y").append("page:node", "z").exec();
  assert.deepStrictEqual(done, [[null, "OK"], [null, 2]]);
  const found = [];
  for await (const keys of redis.scanStream({ match: "page:nod*", count: 100 })) {
    found.push(...keys);
  }
  assert.deepStrictEqual(found, ["page:node"]);
  assert.strictEqual(await redis.call("JSON.SET", "doc:7001", "$", '{"a":[1]}'), "OK");
  assert.strictEqual(await redis.call("JSON.GET", "doc:7001", "$.a[0]"), "[1]");
  const ear = redis.duplicate();
  const heard = new Promise((resolve) => ear.on("message", (channel, message) => resolve(message)));
  await ear.subscribe("__keyspace@0__:page:node");
  await redis.del("page:node");
  assert.strictEqual(await heard, "del");
  ear.disconnect();
  await redis.quit();
  console.log("fine");
}

main().catch((e) => {
  console.log(e);
  process.exit(1);
});
