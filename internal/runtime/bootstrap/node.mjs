// Runs a Node.js function: asks the Runtime API for events, and calls the
// handler as AWS' own runtime does.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { createRequire } from "node:module";
import { format } from "node:util";
import { pathToFileURL } from "node:url";

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let requestId = "";

function call(method, where, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const data = body === undefined ? undefined : Buffer.from(body);
    if (data) headers["Content-Length"] = data.length;
    const req = http.request({ host, port, agent, method, path: "/2018-06-01/runtime/" + where, headers }, (res) => {
      const chunks = [];
      res.on("data", (c) => chunks.push(c));
      res.on("end", () => resolve({ headers: res.headers, status: res.statusCode, body: Buffer.concat(chunks) }));
      res.on("error", reject);
    });
    req.on("error", reject);
    req.end(data);
  });
}

function line(level, args) {
  const text = format(...args).replace(/\n/g, "\r"); // one event of the log
  process.stdout.write(`${new Date().toISOString()}\t${requestId || "undefined"}\t${level}\t${text}\n`);
}
console.log = (...a) => line("INFO", a);
console.info = (...a) => line("INFO", a);
console.debug = (...a) => line("DEBUG", a);
console.trace = (...a) => line("TRACE", a);
console.warn = (...a) => line("WARN", a);
console.error = (...a) => line("ERROR", a);

function describe(e) {
  if (e instanceof Error || (e && typeof e === "object" && "message" in e && "name" in e)) {
    return { errorType: e.name || "Error", errorMessage: String(e.message), trace: String(e.stack || "").split("\n") };
  }
  return { errorType: typeof e, errorMessage: e === undefined || e === null ? String(e) : typeof e === "object" ? JSON.stringify(e) : String(e), trace: [] };
}

function named(name, message) {
  const e = new Error(message);
  e.name = name;
  return e;
}

async function initError(e) {
  const d = describe(e);
  line("ERROR", ["Uncaught Exception", JSON.stringify(d)]);
  await call("POST", "init/error", JSON.stringify(d), { "Lambda-Runtime-Function-Error-Type": d.errorType });
  process.exit(1);
}

function isModule(file) {
  for (let dir = path.dirname(file); ; dir = path.dirname(dir)) {
    const manifest = path.join(dir, "package.json");
    if (fs.existsSync(manifest)) return JSON.parse(fs.readFileSync(manifest, "utf8")).type === "module";
    if (dir === path.dirname(dir) || dir === env.LAMBDA_TASK_ROOT) return false;
  }
}

async function load() {
  const [, dir, module, names] = /^(.*\/)?([^/.]*)\.(.*)$/.exec(env._HANDLER) || [];
  if (!names) throw named("Runtime.MalformedHandlerName", "Bad handler");
  const base = path.resolve(env.LAMBDA_TASK_ROOT, dir || "", module);
  const file = ["", ".js", ".mjs", ".cjs"].map((x) => base + x).find((f) => fs.existsSync(f) && fs.statSync(f).isFile());
  if (!file) throw named("Runtime.ImportModuleError", `Error: Cannot find module '${module}'\nRequire stack:\n- ${env.LAMBDA_TASK_ROOT}`);
  let exported;
  try {
    exported = file.endsWith(".mjs") || (file.endsWith(".js") && isModule(file)) ? await import(pathToFileURL(file)) : createRequire(file)(file);
  } catch (e) {
    if (e instanceof SyntaxError) throw named("Runtime.UserCodeSyntaxError", String(e.stack || e));
    if (e && ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(e.code)) throw named("Runtime.ImportModuleError", String(e));
    throw e;
  }
  let f = exported;
  for (const n of names.split(".")) f = f === undefined || f === null ? undefined : f[n];
  if (f === undefined && exported?.default) f = exported.default[names];
  if (f === undefined) throw named("Runtime.HandlerNotFound", `${env._HANDLER} is undefined or not exported`);
  if (typeof f !== "function") throw named("Runtime.HandlerNotFound", `${env._HANDLER} is not a function`);
  return f;
}

// invoke calls the handler, whichever of its ways of answering it takes.
function invoke(handler, event, context) {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (err, value) => {
      if (settled) return;
      settled = true;
      const end = () => (err !== undefined && err !== null ? reject(err) : resolve(value));
      if (!context.callbackWaitsForEmptyEventLoop) return end();
      process.removeAllListeners("beforeExit");
      process.once("beforeExit", end);
    };
    context.done = settle;
    context.succeed = (v) => settle(null, v);
    context.fail = (e) => settle(e ?? "handled");
    process.removeAllListeners("beforeExit");
    process.once("beforeExit", () => {
      if (!settled) resolve(null);
    });
    const result = handler(event, context, settle);
    if (result && typeof result.then === "function") result.then(resolve, reject);
  });
}

async function fatal(kind, e, status) {
  const d = describe(e);
  if (kind) d.errorType = kind;
  line("ERROR", [kind || "Uncaught Exception", JSON.stringify(d)]);
  if (requestId) await call("POST", `invocation/${requestId}/error`, JSON.stringify(d), { "Lambda-Runtime-Function-Error-Type": d.errorType });
  process.exit(status);
}

const handler = await load().catch(initError);
process.on("uncaughtException", (e) => fatal("", e, 129));
process.on("unhandledRejection", (e) => fatal("Runtime.UnhandledPromiseRejection", e, 128));

async function work() {
  requestId = "";
  const next = await call("GET", "invocation/next");
  const h = next.headers;
  requestId = h["lambda-runtime-aws-request-id"];
  env._X_AMZN_TRACE_ID = h["lambda-runtime-trace-id"];
  const deadline = Number(h["lambda-runtime-deadline-ms"]);
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: h["lambda-runtime-client-context"] ? JSON.parse(h["lambda-runtime-client-context"]) : undefined,
    identity: undefined,
    invokedFunctionArn: h["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  let value;
  try {
    value = await invoke(handler, JSON.parse(next.body.toString()), context);
  } catch (e) {
    const d = describe(e);
    line("ERROR", ["Invoke Error", JSON.stringify(d)]);
    return call("POST", `invocation/${requestId}/error`, JSON.stringify(d), { "Lambda-Runtime-Function-Error-Type": d.errorType });
  }
  let body;
  try {
    body = JSON.stringify(value === undefined ? null : value) ?? "null";
  } catch (e) {
    const d = { ...describe(e), errorType: "Runtime.MarshalError" };
    return call("POST", `invocation/${requestId}/error`, JSON.stringify(d), { "Lambda-Runtime-Function-Error-Type": d.errorType });
  }
  return call("POST", `invocation/${requestId}/response`, body);
}

// Each event begins in a turn of the loop of its own, so that an empty loop
// can be seen.
function loop() {
  work().then(() => setImmediate(loop), (e) => {
    process.stderr.write(String(e.stack || e) + "\n");
    process.exit(1);
  });
}
loop();
