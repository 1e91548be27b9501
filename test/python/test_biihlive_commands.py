import json
import os
import pathlib
import re
import shutil
import subprocess
import urllib.request

import niebla

APP = pathlib.Path(__file__).parents[2] / "apps" / "biihlive"
API = "chxkj33wdrc3vfk6vhlcbn52w4"
MEMBER = {"userId": {"S": "user123"}, "nickname": {"S": "ana"}, "seguidores": {"N": "3"}}


class Commands(niebla.Case):
    """The commands of the page, letter for letter, and the scripts, against the stack."""

    @classmethod
    def setUpClass(cls):
        if not (APP / "functions" / "dist" / "UpdateUserCounters" / "bootstrap").exists():
            raise RuntimeError("Biihlive's functions are not built: make build first")
        super().setUpClass()
        up = subprocess.run(
            [niebla.BINARY, "up", "--endpoint", cls.url, str(APP / "infra")], capture_output=True, text=True, timeout=600
        )
        if up.returncode != 0:
            cls.tearDownClass()
            raise RuntimeError(up.stdout + up.stderr)
        page = (APP / "docs" / "commands.md").read_text()
        cls.commands = {}
        for block in re.findall(r"^```bash\n(.*?)^```$", page, re.M | re.S):
            cls.commands[" ".join(block.split()[:3])] = block

    def sh(self, command, fails=None, **options):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, **options)
        self.assertEqual(done.returncode, fails or 0, done.stdout + done.stderr)
        return done.stderr if fails else done.stdout

    def script(self, name, *args, fails=None):
        done = subprocess.run([str(APP / "scripts" / name), *args], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, fails or 0, done.stdout + done.stderr)
        return done.stderr if fails else done.stdout

    def member(self):
        self.sh(f"aws dynamodb put-item --table-name BIILIVEDB-USERS --item '{json.dumps(MEMBER)}'")

    def schema(self):
        """The schema that the API has."""
        path = f"{self.dir}/introspected.graphql"
        self.sh(f"aws appsync get-introspection-schema --api-id {API} --format SDL '{path}'")
        return pathlib.Path(path).read_text()

    def headers(self, key):
        """The headers of what the distribution answers."""
        port = self.url.rsplit(":", 1)[1]
        request = urllib.request.Request(f"http://127.0.0.1:{port}/{key}", headers={"Host": "d3example.cloudfront.localhost"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers

    def cached(self, key):
        return self.headers(key)["X-Cache"]

    def put_photo(self, key, kind="image/jpeg"):
        path = f"{self.dir}/photo"
        pathlib.Path(path).write_bytes(b"a photo")
        self.sh(f"aws s3 cp '{path}' 's3://biihlivemedia/{key}' --content-type {kind} --only-show-errors")

    def test_page(self):
        self.assertEqual(
            sorted(self.commands),
            ["aws appsync start-schema-creation", "aws cloudfront create-invalidation", "aws dynamodb get-item", "base64 -w0 schema.graphql"],
        )

    def test_update_schema(self):
        work = f"{self.dir}/graphql"
        os.mkdir(work)
        shutil.copy(APP / "graphql" / "schema.graphql", work)
        with open(f"{work}/schema.graphql", "a") as f:
            f.write("\ntype ByThePage { one: Int }\n")
        self.sh(self.commands["base64 -w0 schema.graphql"], cwd=work)
        started = json.loads(self.sh(self.commands["aws appsync start-schema-creation"], cwd=work))
        self.assertEqual(started, {"status": "PROCESSING"})
        self.assertIn("type ByThePage", self.schema())

    def test_invalidate(self):
        key = "profile-photos/user123/page.jpg"
        self.put_photo(key)
        self.assertEqual([self.cached(key) for _ in range(2)], ["Miss from cloudfront", "Hit from cloudfront"])
        made = json.loads(self.sh(self.commands["aws cloudfront create-invalidation"]))["Invalidation"]
        self.assertEqual(made["InvalidationBatch"]["Paths"]["Items"], ["/profile-photos/*"])
        self.sh(f"aws cloudfront wait invalidation-completed --distribution-id E1DISTRIBUTION --id {made['Id']}")
        self.assertEqual(self.cached(key), "Miss from cloudfront")

    def test_query(self):
        self.member()
        self.assertEqual(json.loads(self.sh(self.commands["aws dynamodb get-item"]))["Item"], MEMBER)

    def test_uploads_are_no_pages(self):
        """A member could upload a page: below our own name it must be able to do nothing."""
        for key in ("fotos/user123/full_1.jpg", "videos/user123/video_1.mp4", "profile-photos/user123/other.jpg"):
            self.put_photo(key, "text/html")
            headers = self.headers(key)
            self.assertEqual(headers["Content-Security-Policy"], "default-src 'none'; sandbox")
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")

    def test_script_update_schema(self):
        path = f"{self.dir}/script.graphql"
        text = (APP / "graphql" / "schema.graphql").read_text()
        pathlib.Path(path).write_text(text + "\ntype ByTheScript { one: Int }\n")
        self.assertIn("Successfully created schema", self.script("update-schema", path))
        self.assertIn("type ByTheScript", self.schema())
        self.script("update-schema")
        self.assertNotIn("type ByTheScript", self.schema())
        pathlib.Path(path).write_text("type Query { none: Nothing }")
        self.assertIn("Nothing", self.script("update-schema", path, fails=1))
        self.script("update-schema", "--api-id", "none", fails=1)
        for wrong in (["--bogus"], ["--api-id"], ["/none.graphql"], [path, path]):
            self.script("update-schema", *wrong, fails=2)

    def test_script_invalidate(self):
        key = "fotos/user123/full_script.jpg"
        self.put_photo(key)
        self.assertEqual([self.cached(key) for _ in range(2)], ["Miss from cloudfront", "Hit from cloudfront"])
        self.assertIn("/fotos/*", self.script("invalidate", "/fotos/*", "/videos/*"))
        self.assertEqual(self.cached(key), "Miss from cloudfront")
        self.assertIn("NoSuchDistribution", self.script("invalidate", "--distribution-id", "ENONE", "/x", fails=1))
        for wrong in ([], ["fotos"], ["--bogus", "/x"], ["--distribution-id"]):
            self.script("invalidate", *wrong, fails=2)

    def test_script_query_user(self):
        self.member()
        self.assertEqual(json.loads(self.script("query-user", "user123")), MEMBER)
        self.assertIn("nobody is user124", self.script("query-user", "user124", fails=1))
        self.assertIn("ResourceNotFoundException", self.script("query-user", "--table", "NONE", "user123", fails=1))
        for wrong in ([], ['a"b'], ["a", "b"], ["--bogus"], ["--table"]):
            self.script("query-user", *wrong, fails=2)

    def test_script_help(self):
        for script in (APP / "scripts").iterdir():
            said = self.script(script.name, "--help")
            self.assertIn(f"Usage: {script.name} ", said)
            self.assertIn("Exit status: 0", said)
