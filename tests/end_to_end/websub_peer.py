# mypy: ignore-errors
# Flask and Flask-WebSub live in an environment of their own.
"""An independent publisher, hub and subscriber: Flask-WebSub, run in an environment of its own.

`python websub_peer.py PORT FOLDER`. GET /topic is the feed, POST /publish replaces it and tells the hub, /hub is the
hub; POST /subscribe?URL subscribes to a topic, POST /unsubscribe?ID ends that, GET /heard tells what came, as JSON.
"""

import base64
import json
import sys

from celery import Celery
from flask import Flask, request
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.publisher import init_publisher, publisher
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)

port, folder = int(sys.argv[1]), sys.argv[2]
base = f"http://127.0.0.1:{port}"
app = Flask(__name__)
app.config.update(SERVER_NAME=f"127.0.0.1:{port}", PUBLISH_SUPPORTED=True)
celery = Celery()
celery.conf.update(task_always_eager=True)  # in the request itself: no broker, no waiting
hub = Hub(SQLite3HubStorage(f"{folder}/hub.db"), celery)
subscriber = Subscriber(
    SQLite3SubscriberStorage(f"{folder}/subscriber.db"), SQLite3TempSubscriberStorage(f"{folder}/asked.db")
)
app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))
init_publisher(app)
topic = {"body": b"", "type": "application/rss+xml"}
heard: list[str] = []
done: list[str] = []


@subscriber.add_listener
def on_push(topic_url, callback_id, body):
    heard.append(body.decode())


@subscriber.add_success_handler
def on_success(topic_url, callback_id, mode):
    done.append(mode)


@app.get("/topic")
@publisher(self_url=f"{base}/topic", hub_url=f"{base}/hub")
def feed():
    return topic["body"], 200, {"Content-Type": topic["type"]}


@app.post("/publish")
def publish():
    topic["body"] = request.get_data()
    headers = {"Link": f'<{base}/topic>; rel="self", <{base}/hub>; rel="hub"', "Content-Type": topic["type"]}
    content = {"content": base64.b64encode(topic["body"]).decode(), "headers": headers}
    hub.send_change_notification.delay(f"{base}/topic", content)
    return "published\n"


@app.post("/subscribe")
def subscribe():
    return subscriber.subscribe(**discover(request.get_data(as_text=True)))


@app.post("/unsubscribe")
def unsubscribe():
    subscriber.unsubscribe(request.get_data(as_text=True))
    return "asked\n"


@app.get("/heard")
def tell():
    return json.dumps({"heard": heard, "done": done})


app.run("127.0.0.1", port, threaded=True)
