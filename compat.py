"""The wall around the insides of libraries: each name that is used and that its library does not promise.

What is not in a library's manual may be gone in its next version, and much here depends on it: sockets are
taken over, packets go past queues, a consumer begins anew. So each such name stands in `LIBRARIES`, with the
version in which it was read, what for, and where it is used. `tests/test_compat.py` fails in plain words when
the installed version has one no more or gives it other parameters, when code uses one that does not stand
here, and when one stands here that nobody uses.

`requirements.in` has a bound for each of these libraries. For a new version raise the bound, `make lock`, run
the test, read again what it names and what the version's list of changes names, and write the version down.

Imports nothing of them, so that every process may import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CIRCUIT = "realtime/publish/circuit.py"
EMITTER = "realtime/publish/emitter.py"
BACKPRESSURE = "realtime/transport/backpressure.py"
DIRECT = "realtime/transport/direct.py"
LISTENER = "realtime/transport/listener.py"
MEMBERS = "realtime/transport/members.py"
PACKETS = "realtime/transport/packets.py"
WRITER = "realtime/transport/writer.py"
CONNECTIONS = "realtime/sessions/connections.py"
CONSUMER = "tasks/consumer.py"
APP = "webapp/app.py"
MAIN = "webapp/__main__.py"
ADMIN_UI = "webapp/process/admin_ui.py"
SHUTDOWN = "webapp/process/shutdown.py"
HERE = "compat.py"
RELAY = "benchmarks/relays/flask_socketio.py"
TEST_CLIENT = "tests/sockets.py"


@dataclass(frozen=True, slots=True)
class Reach:
    """Names of one class or module that are used for one purpose.

    Attributes:
        owner: `module` or `module:Class`, where the names are found, by inheritance too.
        names: An attribute as `name`; what is called or overridden as `name(first, second)`, with all its
            parameters except `self`.
        why: Goes on from "needs it to".
        used_by: The files that use these names.
    """

    owner: str
    names: tuple[str, ...]
    why: str
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """What is used of one library.

    Attributes:
        name: As it is called in `requirements.in`.
        read: The version in which all of it was read.
    """

    name: str
    read: str
    reaches: tuple[Reach, ...]


SOCKETIO = Library(
    "python-socketio",
    "5.18.1",
    (
        Reach(
            "socketio.base_server:BaseServer",
            ("eio",),
            "get to the Engine.IO server underneath, which has the sockets",
            (HERE, LISTENER),
        ),
        Reach(
            "socketio.base_server:BaseServer",
            ("manager",),
            "get to the rooms and to our own listener",
            (HERE,),
        ),
        Reach(
            "socketio.base_server:BaseServer",
            ("environ",),
            "drop what a client that was cut off has sent before",
            (HERE,),
        ),
        Reach(
            "socketio.server:Server",
            ("_trigger_event(event, namespace, args)",),
            "keep the tokens of `authenticate` from the Admin UI",
            (ADMIN_UI,),
        ),
        Reach(
            "socketio.base_manager:BaseManager",
            ("server",),
            "get from the listener to its sockets",
            (LISTENER,),
        ),
        Reach(
            "socketio.base_manager:BaseManager",
            ("eio_sid_from_sid(sid, namespace)",),
            "know which clients are this process's own",
            (LISTENER,),
        ),
        Reach(
            "socketio.base_manager:BaseManager",
            ("sid_from_eio_sid(eio_sid, namespace)",),
            "know which client a socket belongs to",
            (HERE,),
        ),
        Reach(
            "socketio.base_manager:BaseManager",
            (
                "basic_enter_room(sid, namespace, room, eio_sid)",
                "basic_leave_room(sid, namespace, room)",
                "basic_disconnect(sid, namespace, kwargs)",
                "callbacks",
                "pending_connect",
                "pending_disconnect",
            ),
            "let a client leave without a search through all rooms",
            (MEMBERS,),
        ),
        Reach(
            "socketio.base_manager:BaseManager",
            ("get_participants(namespace, room)",),
            "give an event to the sockets of a room itself",
            (LISTENER,),
        ),
        Reach(
            "socketio.pubsub_manager:PubSubManager",
            (
                "_publish(data)",
                "emit(event, data, namespace, room, skip_sid, callback, to, kwargs)",
            ),
            "take the message as the library forms it, and publish it itself",
            (EMITTER, LISTENER, RELAY),
        ),
        Reach(
            "socketio.pubsub_manager:PubSubManager",
            (
                "_listen()",
                "_handle_emit(message)",
                "initialize()",
                "channel",
            ),
            "hear the channel through outages, and give events out itself",
            (LISTENER,),
        ),
        Reach(
            "socketio.packet",
            (
                "Packet(packet_type, data, namespace, id, binary, encoded_packet)",
                "CONNECT",
                "DISCONNECT",
                "EVENT",
                "ACK",
            ),
            "refuse what no client sends",
            (PACKETS,),
        ),
        Reach(
            "socketio.packet:Packet",
            ("uses_binary_events", "decode(encoded_packet)", "packet_type", "data", "id"),
            "refuse what no client sends",
            (PACKETS,),
        ),
        Reach(
            "socketio.packet",
            ("EVENT",),
            "make the frame of an event once for all who get it",
            (LISTENER,),
        ),
        Reach(
            "socketio.packet:Packet",
            ("encode()",),
            "make the frame of an event once for all who get it",
            (LISTENER,),
        ),
        Reach(
            "socketio.admin:InstrumentedServer",
            (
                "__init__(sio, auth, mode, read_only, server_id, namespace, server_stats_interval)",
                "_trigger_event(event, namespace, args)",
                "_timestamps",
                "admin_connect(sid, environ, client_auth)",
                "serialize_socket(sid, namespace, eio_sid)",
                "sio",
                "mode",
                "event_buffer",
            ),
            "show the Admin UI only what an admin may see",
            (ADMIN_UI,),
        ),
        Reach(
            "socketio.admin:EventBuffer",
            ("push(type, count)",),
            "count what goes past the library",
            (ADMIN_UI,),
        ),
        Reach(
            "socketio.base_client:BaseClient",
            ("reconnection",),
            "end the tests' client in the middle of a reconnection",
            (TEST_CLIENT,),
        ),
        Reach(
            "socketio.client:Client",
            ("shutdown()",),
            "end the tests' client in the middle of a reconnection",
            (TEST_CLIENT,),
        ),
        Reach(
            "socketio.client:Client",
            ("_engineio_client_class()",),
            "close the sockets of the tests' client",
            (TEST_CLIENT,),
        ),
    ),
)

ENGINEIO = Library(
    "python-engineio",
    "4.15.1",
    (
        Reach(
            "engineio.base_server:BaseServer",
            ("sockets",),
            "write to sockets, ping them and end them",
            (HERE, BACKPRESSURE, DIRECT, LISTENER),
        ),
        Reach(
            "engineio.base_server:BaseServer",
            ("handlers",),
            "come before the library's own handler of an event",
            (HERE,),
        ),
        Reach(
            "engineio.base_server:BaseServer",
            ("ping_interval", "ping_timeout", "max_http_buffer_size"),
            "hold sockets that were taken over to what the server was made with",
            (DIRECT,),
        ),
        Reach(
            "engineio.socket:Socket",
            (
                "_websocket_handler(ws)",
                "send(pkt)",
                "receive(pkt)",
                "schedule_ping()",
                "close(wait, abort, reason)",
                "connected",
                "upgraded",
                "upgrading",
                "closing",
                "closed",
                "last_ping",
                "queue",
                "server",
                "sid",
            ),
            "take a connection over from the HTTP server",
            (DIRECT,),
        ),
        Reach(
            "engineio.socket:Socket",
            ("close(wait, abort, reason)", "closed", "queue"),
            "bound what waits for a slow client",
            (BACKPRESSURE,),
        ),
        Reach(
            "engineio.socket:Socket",
            ("close(wait, abort, reason)",),
            "end connections without a goodbye, after which clients would stay away",
            (SHUTDOWN,),
        ),
        Reach(
            "engineio.socket:Socket",
            ("receive(pkt)", "last_ping", "sid"),
            "count what goes past the library",
            (ADMIN_UI,),
        ),
        Reach(
            "engineio.packet",
            (
                "Packet(packet_type, data, encoded_packet)",
                "PING",
                "PONG",
                "NOOP",
                "UPGRADE",
            ),
            "speak Engine.IO on a connection that was taken over",
            (DIRECT,),
        ),
        Reach(
            "engineio.packet",
            ("Packet(packet_type, data, encoded_packet)", "MESSAGE"),
            "make the frame of an event once for all who get it",
            (LISTENER,),
        ),
        Reach(
            "engineio.packet:Packet",
            ("encode(b64)",),
            "make the frames of a connection that was taken over",
            (DIRECT, LISTENER),
        ),
        Reach(
            "engineio.packet:Packet",
            ("data",),
            "know how large a packet is, and whether the next one replaces it",
            (ADMIN_UI, BACKPRESSURE),
        ),
        Reach(
            "engineio.exceptions",
            ("EngineIOError", "SocketIsClosedError"),
            "tell a connection that has ended from an error",
            (DIRECT,),
        ),
        Reach(
            "engineio.client:Client",
            ("_reset()", "ws"),
            "close the sockets of the tests' client",
            (TEST_CLIENT,),
        ),
    ),
)

FLASK_SOCKETIO = Library(
    "flask-socketio",
    "5.7.0",
    (
        Reach(
            "flask_socketio:SocketIO",
            ("server",),
            "get to python-socketio's server, which it only wraps",
            (APP, CONNECTIONS, LISTENER, SHUTDOWN),
        ),
    ),
)

CELERY = Library(
    "celery",
    "5.7.0",
    (
        Reach(
            "celery.worker.consumer.consumer:Consumer",
            (
                "__init__(on_task_request, init_callback, hostname, pool, app, timer, controller, hub, "
                "amqheartbeat, worker_options, disable_rate_limits, initial_prefetch_count, "
                "prefetch_multiplier, kwargs)",
                "start()",
                "on_connection_error_after_connected(exc)",
                "register_with_event_loop(hub)",
                "ensure_connected(conn)",
                "on_close()",
                "_cancel_connection_timer_entries()",
                "app",
                "blueprint",
                "connection",
                "hub",
                "pool",
            ),
            "connect anew whatever goes wrong",
            (CONSUMER,),
        ),
        Reach(
            "celery.bootsteps:Blueprint",
            ("state", "restart(parent, method, description, propagate)"),
            "connect anew whatever goes wrong",
            (CONSUMER,),
        ),
        Reach(
            "celery.bootsteps",
            ("CLOSE", "TERMINATE"),
            "stop connecting anew once the worker stops",
            (CONSUMER,),
        ),
        Reach(
            "celery.worker.consumer.heart:Heart",
            ("__init__(c, without_heartbeat, heartbeat_interval, kwargs)",),
            "run without the heartbeats that wait for Redis in the worker's loop",
            (CONSUMER,),
        ),
        Reach(
            "celery.worker.consumer.gossip:Gossip",
            ("__init__(c, without_gossip, interval, heartbeat_interval, kwargs)",),
            "run without the heartbeats that wait for Redis in the worker's loop",
            (CONSUMER,),
        ),
        Reach(
            "celery.worker.consumer.mingle:Mingle",
            ("__init__(c, without_mingle, kwargs)",),
            "run without the heartbeats that wait for Redis in the worker's loop",
            (CONSUMER,),
        ),
        Reach(
            "celery.worker.state",
            ("all_total_count", "reserved_requests"),
            "notice that it has gone deaf",
            (CONSUMER,),
        ),
        Reach(
            "celery.app.amqp:Queues",
            ("consume_from",),
            "notice that it has gone deaf",
            (CONSUMER,),
        ),
        Reach(
            "celery.concurrency.base:BasePool",
            ("num_processes",),
            "notice that it has gone deaf",
            (CONSUMER,),
        ),
    ),
)

KOMBU = Library(
    "kombu",
    "5.7.0",
    (
        Reach(
            "kombu.asynchronous.hub:Hub",
            ("reset()", "call_repeatedly(delay, callback, args)"),
            "look at the queue in the worker's own loop, and clear that loop of a lost connection",
            (CONSUMER,),
        ),
    ),
)

REDIS = Library(
    "redis",
    "8.1.0",
    (
        Reach(
            "redis.retry:Retry",
            ("call_with_retry(do, fail, is_retryable, with_failure_count)",),
            "stand before every command, which all go through this",
            (CIRCUIT,),
        ),
    ),
)

EVENTLET = Library(
    "eventlet",
    "0.41.3",
    (
        Reach(
            "eventlet.websocket:WebSocket",
            ("socket", "websocket_closed"),
            "take the socket of a WebSocket over",
            (PACKETS,),
        ),
        Reach(
            "eventlet.websocket:WebSocket",
            ("socket",),
            "see whether there is a socket to take over, and bound how long it is silent",
            (DIRECT,),
        ),
        Reach(
            "eventlet.greenio.base:GreenSocket",
            ("fd",),
            "get from a socket that waits in Python to the system's own",
            (DIRECT, PACKETS, WRITER),
        ),
        Reach(
            "eventlet.wsgi:HttpProtocol",
            ("rbufsize", "wbufsize"),
            "give idle connections small buffers",
            (MAIN,),
        ),
    ),
)

PSYCOPG = Library(
    "psycopg",
    "3.3.9",
    (
        Reach(
            "psycopg.waiting",
            ("wait_selector(gen, fileno, interval, timeout)",),
            "wait for PostgreSQL in Python, where eventlet can switch",
            (MAIN,),
        ),
    ),
)

LIBRARIES = (SOCKETIO, ENGINEIO, FLASK_SOCKETIO, CELERY, KOMBU, REDIS, EVENTLET, PSYCOPG)


def engine_of(server: Any) -> Any:
    """The Engine.IO server under a Socket.IO server."""
    return server.eio


def manager_of(server: Any) -> Any:
    """What knows the rooms of a Socket.IO server: our own `Listener`."""
    return server.manager


def environments_of(server: Any) -> dict[str, dict[str, Any]]:
    """The requests with which the clients of a Socket.IO server came, by the ids of their sockets.

    It is the server's own and changes with it.
    """
    environments: dict[str, dict[str, Any]] = server.environ
    return environments


def sockets_of(server: Any) -> list[Any]:
    """The Engine.IO sockets that a Socket.IO server has now."""
    return list(server.eio.sockets.values())


def handler_of(engine: Any, event: str) -> Callable[..., Any]:
    """What an Engine.IO server calls at `connect`, `message` or `disconnect` now."""
    handler: Callable[..., Any] = engine.handlers[event]
    return handler


def client_of(server: Any, engine_sid: str, namespace: str) -> str | None:
    """The id of the client that a socket is in a namespace, if it is any."""
    sid: str | None = server.manager.sid_from_eio_sid(engine_sid, namespace)
    return sid
