"""A WSGI application that makes and uses its client before gunicorn forks the workers."""

import json
import os

from talkdesk_auth import Client

CLIENT = Client(**json.loads(os.environ["CLIENT_OPTIONS"]))
CLIENT.exchange(grant_type="client_credentials").close()
MADE_IN = os.getpid()


def application(environment, start_response):
    token = CLIENT.exchange(grant_type="client_credentials")
    body = json.dumps({"access_token": token.access_token, "made_in": MADE_IN, "served_by": os.getpid()})
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body.encode()]
