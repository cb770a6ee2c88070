"""A key in, a token out, in Python.

pip install dist/talkdesk_auth-*.whl
python example.py TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE
"""

import sys
from pathlib import Path

from talkdesk_auth import Client, TalkdeskAuthError


def sign(token_url, client_id, key_id, private_key):
    """All that an assertion needs, for a program that sends the request itself; `private_key` is what the vendor hands out."""
    client = Client(token_endpoint=token_url, client_id=client_id, key_id=key_id, private_key=private_key)
    assertion = client.assertion()
    client.close()
    return assertion


def show(step, *lines):
    print(step, *lines, sep="\n    ")


def show_token(step, token):
    show(step, f"{token.token_type} {token.access_token}", f"scope   {token.scope}", f"expires in {token.seconds_left} s")


def main(token_url, client_id, key_id, key_file, code, redirect_uri, wrong_key_file):
    private_key = Path(key_file).read_text()
    with sign(token_url, client_id, key_id, private_key) as assertion:
        show(
            "sign the assertion",
            f"header  {assertion.header}",
            f"claims  {assertion.claims}",
            f"jwt     {assertion.jwt[:40]}...",
        )

    with Client(token_endpoint=token_url, client_id=client_id, key_id=key_id, private_key=private_key) as client:
        token = client.exchange(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)
        show_token("exchange a code", token)
        show_token("refresh", client.exchange(grant_type="refresh_token", refresh_token=token.refresh_token))

    wrong_client = Client(token_endpoint=token_url, client_id=client_id, key_id=key_id, private_key_file=wrong_key_file)
    try:
        wrong_client.exchange(grant_type="client_credentials")
    except TalkdeskAuthError as error:
        show(f"a wrong key: {error.name} (code {error.code})", error)
        return 0
    return 1


if __name__ == "__main__":
    if len(sys.argv) != 8:
        sys.exit(f"usage: {sys.argv[0]} TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE")
    try:
        sys.exit(main(*sys.argv[1:]))
    except TalkdeskAuthError as error:
        sys.exit(f"{error.name} (code {error.code}): {error}")
