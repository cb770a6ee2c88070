"""Makes exchanges with one library. `exchanges.py` explains the arguments."""

import functools
import sys

import bench

GRANT = {"grant_type": "client_credentials"}
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def talkdesk_auth(token_endpoint, ca_file, client_id, key_id, pem):
    from talkdesk_auth import Client

    client = Client(token_endpoint=token_endpoint, ca_file=ca_file, client_id=client_id, key_id=key_id, private_key=pem)

    def sign():
        client.assertion().close()

    def exchange():
        with client.exchange(**GRANT) as token:
            return token.access_token

    return sign, exchange


def requests(token_endpoint, ca_file, client_id, key_id, pem):
    import requests

    # Session.verify would give way to a variable of the environment.
    post = functools.partial(requests.Session().post, verify=ca_file)
    return by(post, token_endpoint, client_id, key_id, pem)


def httpx(token_endpoint, ca_file, client_id, key_id, pem):
    import ssl

    import httpx

    client = httpx.Client(verify=ssl.create_default_context(cafile=ca_file))
    return by(client.post, token_endpoint, client_id, key_id, pem)


def by(post, token_endpoint, client_id, key_id, pem):
    """A library that sends, with PyJWT, which signs."""
    sign = bench.pyjwt(token_endpoint, client_id, key_id, pem, "ES256", held=True)

    def exchange():
        form = {**GRANT, "client_id": client_id, "client_assertion_type": JWT_BEARER, "client_assertion": sign()}
        answer = post(token_endpoint, data=form, timeout=30)
        answer.raise_for_status()
        return answer.json()["access_token"]

    return sign, exchange


CONTENDERS = {"talkdesk_auth": talkdesk_auth, "requests": requests, "httpx": httpx}


def main(contender, token_endpoint, ca_file, client_id, key_id, key_file):
    with open(key_file) as file:
        sign, exchange = CONTENDERS[contender](token_endpoint, ca_file, client_id, key_id, file.read())
    calls = {"sign": sign, "exchange": exchange}
    for line in sys.stdin:
        what, times = line.split()
        for _ in range(int(times)):
            calls[what]()
        print("done", flush=True)


main(*sys.argv[1:])
