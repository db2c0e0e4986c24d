"""The app factory: wires settings, database, engine, sockets and views into one Flask app."""

from __future__ import annotations

from typing import Any

import orjson
from flask.json.provider import JSONProvider
from flask_cors import CORS
from flask_openapi3 import Info, OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from realtime.features.chat import Chat
from realtime.features.dashboard import Dashboard
from realtime.sessions.connections import Connections
from realtime.sessions.handlers import Handlers
from realtime.transport.direct import send_directly
from realtime.transport.feed import Feed
from realtime.transport.packets import guard
from realtime.transport.server import create_socketio, without_compression
from settings import Settings, load_settings
from tasks.broker import create_celery, create_engine
from tasks.engine.batches import Batches
from version import VERSION
from webapp import cli, ui
from webapp.api import admin, auth, batches, catalog, chat, dashboard, notifications, system
from webapp.api.schemas.common import Failure
from webapp.docs.event_docs import TITLE, event_docs
from webapp.http import failures, security
from webapp.http.event_contexts import App
from webapp.process.admin_ui import AdminUi
from webapp.services import Services


class OrjsonProvider(JSONProvider):
    """JSON by orjson, which is the same serialiser that the sockets use."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """JSON text."""
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """The value of JSON text."""
        return orjson.loads(s)


def create_app(settings: Settings | None = None, async_mode: str = "threading") -> OpenAPI:
    """A Flask app with all that belongs to it.

    Args:
        settings: None to read them from the environment.
        async_mode: The server under Flask-SocketIO. Only the web process, which patches the standard
            library for it, passes another one than `threading`.
    """
    settings = settings or load_settings()
    app = App(
        __name__,
        info=Info(title=TITLE, version=VERSION, description="Large batch jobs with live progress."),
        security_schemes={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        doc_prefix="/api/docs",
        doc_url="/openapi.json",
        validation_error_status=422,
        validation_error_model=Failure,
        validation_error_callback=failures.answer_validation_error,
        static_folder=None,
    )
    app.json_provider_class = OrjsonProvider
    app.json = OrjsonProvider(app)
    app.config["SECRET_KEY"] = settings.session_secret or settings.signing_key
    _wire(app, settings, async_mode)
    return app


def _wire(app: OpenAPI, settings: Settings, async_mode: str) -> None:
    engine = create_engine(settings, create_celery(settings))
    feed = Feed(engine.database)
    socketio = create_socketio(settings, async_mode, engine.emitter, feed)
    connections = Connections(settings, socketio, engine.emitter, engine.database)
    chatting = Chat(settings, engine.database, engine.emitter, connections)
    watching = Dashboard(engine.database, engine.emitter, connections)
    services = Services(settings, engine, Batches(engine), socketio, connections, watching, chatting)
    app.extensions["batchwire"] = services
    socketio.init_app(app)
    if settings.admin_ui != "off":
        AdminUi(socketio.server, services)
    Handlers(settings, engine.database, connections, feed).register(socketio.server)
    chatting.register(socketio.server)
    guard(socketio.server)
    send_directly(socketio.server)
    proxies = settings.trusted_proxies
    application = without_compression(app.wsgi_app)
    if proxies:
        application = ProxyFix(application, x_for=proxies, x_proto=proxies, x_host=proxies)
    app.wsgi_app = application  # type: ignore[assignment, method-assign]
    failures.register(app)
    security.register(app, settings)
    CORS(app, resources={r"/api/*": {"origins": [settings.frontend_url]}})
    blueprints = (admin, auth, batches, catalog, chat, dashboard, notifications, system)
    for api in (blueprint.api for blueprint in blueprints):
        app.register_api(api)
    app.add_url_rule("/api/openapi.json", "openapi_json", lambda: app.api_doc)
    app.register_blueprint(event_docs)
    app.register_blueprint(ui.ui)
    cli.register(app)
