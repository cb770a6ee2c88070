"""Signs an assertion, exchanges a code for a token, and refreshes the token, in Python.

pip install dist/talkdesk_auth-*.whl
python example.py TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE
"""

import sys
from pathlib import Path

from talkdesk_auth import Client, TalkdeskAuthError


def sign(token_url, client_id, client_key_id, client_private_key):
    """Signs an assertion, for a program that sends the request itself. The names are those of the vendor's documentation."""
    client = Client(token_endpoint=token_url, client_id=client_id, key_id=client_key_id, private_key=client_private_key)
    assertion = client.assertion()
    headers, payload, token = assertion.header, assertion.claims, assertion.jwt
    client.close()
    return headers, payload, token


def show(step, *lines):
    print(step, *lines, sep="\n    ")


def show_granted(step, granted):
    show(step, f"{granted.token_type} {granted.access_token}", f"scope   {granted.scope}", f"expires in {granted.seconds_left} s")


def main(token_url, client_id, client_key_id, key_file, code, redirect_uri, wrong_key_file):
    client_private_key = Path(key_file).read_text()
    headers, payload, token = sign(token_url, client_id, client_key_id, client_private_key)
    show("sign the assertion", f"header  {headers}", f"claims  {payload}", f"jwt     {token[:40]}...")

    # Get the token: `exchange` makes its own assertion.
    with Client(token_endpoint=token_url, client_id=client_id, key_id=client_key_id, private_key=client_private_key) as client:
        granted = client.exchange(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)
        show_granted("exchange a code", granted)
        show_granted("refresh", client.exchange(grant_type="refresh_token", refresh_token=granted.refresh_token))

    wrong_client = Client(token_endpoint=token_url, client_id=client_id, key_id=client_key_id, private_key_file=wrong_key_file)
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
