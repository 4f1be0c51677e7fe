"""The workspace server as far as an installation sees it (zenml 0.93: zen_server_api.py, cloud_utils.py, server_endpoints.py)."""
import json
import os
import ssl
import urllib.request
from urllib.parse import urlencode

import store


def is_pro():
    return os.environ.get("ZENML_SERVER_DEPLOYMENT_TYPE") == "cloud" or bool(os.environ.get("ZENML_SERVER_PRO_WORKSPACE_ID"))


def info(version):
    env = os.environ.get
    answer = {
        "id": env("ZENML_SERVER_ID") or env("ZENML_SERVER_PRO_WORKSPACE_ID"),
        "name": env("ZENML_SERVER_PRO_WORKSPACE_NAME"),
        "version": version,
        "active": True,
        "debug": env("ZENML_DEBUG", "false").lower() == "true",
        "deployment_type": "cloud" if is_pro() else env("ZENML_SERVER_DEPLOYMENT_TYPE", "kubernetes"),
        "database_type": "postgresql" if store.settings() else "sqlite",
        "secrets_store_type": env("ZENML_SECRETS_STORE_TYPE", "sql"),
        "auth_scheme": "EXTERNAL" if is_pro() else "OAUTH2_PASSWORD_BEARER",
        "server_url": env("ZENML_SERVER_SERVER_URL", ""),
        "dashboard_url": env("ZENML_SERVER_PRO_DASHBOARD_URL", ""),
        "analytics_enabled": env("ZENML_ANALYTICS_OPT_IN", "True") == "True",
        "metadata": {},
    }
    if is_pro():
        for name in ("api_url", "dashboard_url", "organization_id", "organization_name", "workspace_id", "workspace_name"):
            answer[f"pro_{name}"] = env(f"ZENML_SERVER_PRO_{name.upper()}")
    return answer


def report(version):
    """What a Pro server does at its start: log in at the control plane with its key, then report. A failure ends the start."""
    api = os.environ.get("ZENML_SERVER_PRO_API_URL", "https://cloudapi.zenml.io").rstrip("/")
    trust = ssl.create_default_context()
    form = urlencode({
        "grant_type": "client_credentials",
        "client_id": os.environ.get("ZENML_SERVER_PRO_WORKSPACE_ID", ""),
        "client_secret": os.environ.get("ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET", ""),
    })
    login = urllib.request.Request(f"{api}/auth/login", data=form.encode(), method="POST")
    with urllib.request.urlopen(login, timeout=15, context=trust) as response:
        token = json.load(response)["access_token"]
    status = {"status": "available", "server_url": os.environ.get("ZENML_SERVER_SERVER_URL", ""), "server_version": version}
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    patch = urllib.request.Request(f"{api}/workspace_status", data=json.dumps(status).encode(), headers=headers, method="PATCH")
    with urllib.request.urlopen(patch, timeout=15, context=trust):
        print(f"INFO  Reported to the control plane at {api}", flush=True)


def answer(method, path, version):
    """Status and JSON, or status and a page. /health is static and proves nothing about the database, as in the product."""
    if path in ("/health", "/ready"):
        return 200, "OK"
    if path == "/api/v1/info":
        return 200, info(version)
    if path.startswith("/api/"):
        return 401, {"detail": ["AuthorizationException", "Authentication error: no token provided."]}
    return 200, None
