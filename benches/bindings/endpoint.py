"""The token endpoint of the tests."""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import contenders

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Endpoint:
    """The embedded token endpoint: it has the keys, and verifies the assertions that they signed."""

    def __init__(self, profile="dev"):
        words = ["cargo", "build", "--quiet", "--example", "token-endpoint", "--profile", profile]
        subprocess.run(words, cwd=contenders.ROOT, check=True)
        folder = "debug" if profile == "dev" else profile
        self.program = contenders.ROOT / "target" / folder / "examples" / "token-endpoint"

    def __enter__(self):
        self.process = subprocess.Popen([self.program, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ready = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def arguments(self, algorithm):
        client = self.ready["clients"][algorithm]
        return [self.ready["token_endpoint"], client["client_id"], client["key_id"], client["private_key_pem_file"], algorithm]

    def accepts(self, jwt):
        form = {"grant_type": "client_credentials", "client_assertion_type": JWT_BEARER, "client_assertion": jwt}
        try:
            with urllib.request.urlopen(self.ready["token_endpoint"], urllib.parse.urlencode(form).encode()) as answer:
                return "access_token" in json.load(answer)
        except urllib.error.HTTPError as error:
            print(error.read().decode())
            return False
