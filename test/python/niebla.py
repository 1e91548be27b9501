"""Starts the niebla binary (NIEBLA_BIN, or ../../bin/niebla) on a free port with a directory of its own,
strict about members that are not acted on."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

BINARY = os.environ.get("NIEBLA_BIN", str(pathlib.Path(__file__).parents[2] / "bin" / "niebla"))


class Case(unittest.TestCase):
    """A test with a niebla of its own, and the environment that "niebla env" prints."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="niebla-python-")
        cls.server = subprocess.Popen(
            [BINARY, "start", "--strict", "--listen", "127.0.0.1:0", "--dir", f"{cls.dir}/data"],
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.url = None
        for line in cls.server.stdout:
            if found := re.search(r"http://\S+:\d+", line):
                cls.url = found[0]
            if line.strip() == "Ready.":
                break
        if not cls.url:
            raise RuntimeError(f"{BINARY} ended without being ready: make build first")
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            os.environ.pop(name, None)
        os.environ.update(
            AWS_ENDPOINT_URL=cls.url,
            AWS_ACCESS_KEY_ID="test",
            AWS_SECRET_ACCESS_KEY="test",
            AWS_REGION="eu-west-3",
            AWS_DEFAULT_REGION="eu-west-3",
            AWS_CONFIG_FILE=f"{cls.dir}/none",
            AWS_SHARED_CREDENTIALS_FILE=f"{cls.dir}/none",
            AWS_EC2_METADATA_DISABLED="true",
        )

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        status = cls.server.wait(timeout=30)
        cls.server.stdout.close()
        shutil.rmtree(cls.dir)
        if status != 0:
            raise RuntimeError(f"niebla ended with status {status}")
