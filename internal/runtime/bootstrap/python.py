"""Runs a Python function: asks the Runtime API for events, and calls the
handler as AWS' own runtime does."""

import datetime
import decimal
import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

env = os.environ
api = http.client.HTTPConnection(env["AWS_LAMBDA_RUNTIME_API"])
root = env["LAMBDA_TASK_ROOT"]
sys.path[0] = root


def call(method, where, body=None, headers=None):
    api.request(method, "/2018-06-01/runtime/" + where, body, headers or {})
    response = api.getresponse()
    return response.headers, response.read()


class Context:
    """What a handler gets to know of its event."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = json.loads(headers.get("Lambda-Runtime-Client-Context") or "null")
        self.identity = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class Lines(logging.Handler):
    """Log lines as AWS formats them."""

    request = ""

    def emit(self, record):
        moment = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        text = self.format(record).replace("\n", "\r")
        sys.stdout.write(f"[{record.levelname}]\t{moment}.{int(record.msecs):03}Z\t{self.request}\t{text}\n")


lines = Lines()
logging.getLogger().addHandler(lines)


def describe(kind, message, frames, request=""):
    return {
        "errorMessage": message,
        "errorType": kind,
        "requestId": request,
        "stackTrace": [s for s in traceback.format_list(frames) if s],
    }


def show(error):
    print(f"[ERROR] {error['errorType']}: {error['errorMessage']}\rTraceback (most recent call last):\r" + "\r".join(s.rstrip().replace("\n", "\r") for s in error["stackTrace"]))


def frames_of(exception):
    return [f for f in traceback.extract_tb(exception.__traceback__) if f.filename != __file__ and "importlib" not in f.filename]


def init_error(kind, message, frames=()):
    error = describe(kind, message, frames)
    show(error)
    call("POST", "init/error", json.dumps(error), {"Lambda-Runtime-Function-Error-Type": kind})
    sys.exit(1)


def load():
    name = env["_HANDLER"]
    module, dot, attribute = name.rpartition(".")
    if not dot:
        init_error("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as e:
        init_error("Runtime.ImportModuleError", f"Unable to import module '{module}': {e}")
    except SyntaxError as e:
        init_error("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {e}")
    except BaseException as e:
        init_error(type(e).__name__, str(e), frames_of(e))
    if not hasattr(loaded, attribute):
        init_error("Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module}'")
    return getattr(loaded, attribute)


def encode(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def run():
    handler = load()
    while True:
        headers, body = call("GET", "invocation/next")
        context = Context(headers)
        request = lines.request = context.aws_request_id
        env["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            value = handler(json.loads(body), context)
            try:
                answer = json.dumps(value, default=encode)
            except (TypeError, ValueError) as e:
                answer, error = None, describe("Runtime.MarshalError", f"Unable to marshal response: {e}", [], request)
        except Exception as e:
            answer, error = None, describe(type(e).__name__, str(e), frames_of(e), request)
        if answer is None:
            show(error)
            call("POST", f"invocation/{request}/error", json.dumps(error), {"Lambda-Runtime-Function-Error-Type": error["errorType"]})
        else:
            call("POST", f"invocation/{request}/response", answer)


run()
