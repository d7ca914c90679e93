"""A hub on loopback that answers as the Hugging Face hub does, and wrong where its orders say so.

usage: hub_server.py FOLDER [RULES]: serves FOLDER/ORG/NAME/*. Started with a channel: writes one JSON line with
its ports to descriptor 4, then one for each request. Large files (*.safetensors) are redirected to a second server
on another port, as to the hub's CDN. RULES: a JSON list; the first that matches a request and has times left is
followed: {"server", "path": part of it, "times", "status", "headers", "sends": N bytes of the body and no more,
"waits": seconds before the body, "repeats": the body so many times, "body": "flip" | "append" | "empty",
"ignores_range", "range_start", "patch": [path, value] pairs that change the list of files}.
"""
import hashlib
import http.server
import json
import os
import pathlib
import sys
import threading
import time

COMMIT = "5e1f" * 10
LONGEST_LIFE_SECONDS = 120
CHANNEL = 4
ROOT = pathlib.Path(sys.argv[1])
RULES = json.loads(sys.argv[2]) if len(sys.argv) > 2 else []
LOCK = threading.Lock()


def report(**line):
    os.write(CHANNEL, (json.dumps(line) + "\n").encode())


def sha1_of_blob(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def is_large(name):
    return name.endswith(".safetensors")


def rule_for(server, path):
    with LOCK:
        for rule in RULES:
            if rule.get("server", server) != server or rule.get("path", "") not in path or rule.get("times", 1) < 1:
                continue
            rule["times"] = rule.get("times", 1) - 1
            return rule
    return {}


def listing(repository, rule):
    siblings = []
    for file in sorted(repository.iterdir()):
        content = file.read_bytes()
        entry = {"rfilename": file.name, "size": len(content), "blobId": sha1_of_blob(content)}
        if is_large(file.name):
            entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
        siblings.append(entry)
    answer = {"id": "/".join(repository.parts[-2:]), "sha": COMMIT, "private": False, "siblings": siblings}
    for path, value in rule.get("patch", []):
        place = answer
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    return json.dumps(answer).encode()


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        report(server=self.role, method=self.command, path=self.path, range=self.headers.get("Range", ""),
               authorization=self.headers.get("Authorization", ""))
        self.rule = rule_for(self.role, self.path)
        if "status" in self.rule:
            return self.answer(self.rule["status"], b"<html>for a browser</html>", self.rule.get("headers", {}))
        parts = self.path.partition("?")[0].strip("/").split("/")
        if self.role == "cdn":
            return self.content((ROOT / "/".join(parts)).read_bytes(), {})
        if parts[:2] == ["api", "models"]:
            repository = ROOT / parts[2] / parts[3]
            return self.answer(200, listing(repository, self.rule), {}) if repository.is_dir() else self.unknown()
        if len(parts) != 5:
            return self.answer(404, b"", {})
        organisation, name, _, _, file = parts
        path = ROOT / organisation / name / file
        if not path.is_file():
            return self.answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        content = path.read_bytes()
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{sha1_of_blob(content)}"'}
        if is_large(file):
            headers |= {"X-Linked-Etag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Linked-Size": str(len(content)),
                        "Location": f"http://localhost:{CDN.server_port}/{organisation}/{name}/{file}"}
            return self.answer(302, b"", headers)
        return self.content(content, headers)

    def unknown(self):
        self.answer(401, b"", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})

    def content(self, whole, headers):
        if self.rule.get("body") == "flip":
            whole = bytes([whole[0] ^ 1]) + whole[1:]
        elif self.rule.get("body") == "append":
            whole += b"more"
        elif self.rule.get("body") == "empty":
            whole = b""
        asked = self.headers.get("Range", "")
        if not asked or self.rule.get("ignores_range"):
            return self.answer(200, whole, headers)
        start = self.rule.get("range_start", int(asked.removeprefix("bytes=").rstrip("-")))
        if start >= len(whole):
            return self.answer(416, b"", headers)
        self.answer(206, whole[start:], headers | {"Content-Range": f"bytes {start}-{len(whole) - 1}/{len(whole)}"})

    def answer(self, status, body, headers):
        body *= self.rule.get("repeats", 1)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.flush()
        time.sleep(self.rule.get("waits", 0))
        sends = self.rule.get("sends", len(body))
        try:
            self.wfile.write(body[:sends])
        except OSError:
            self.close_connection = True  # the other side did not want it all
        if sends < len(body):
            self.close_connection = True

    def log_message(self, *_):
        pass


def serve(role):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type(role, (Server,), {"role": role}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


CDN = serve("cdn")
HUB = serve("hub")
report(hub=HUB.server_port, cdn=CDN.server_port)
time.sleep(LONGEST_LIFE_SECONDS)
