"""The official Socket.IO Admin UI, for admins, where `ADMIN_UI` switches it on.

It is a page of the Socket.IO project that connects to the namespace `/admin`. python-socketio brings what it
asks for; this adds who may come in, what it must not be shown, and the connections that bypass the library.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import Any

from engineio.packet import Packet
from pydantic import BaseModel, ValidationError
from socketio import Server
from socketio.admin import InstrumentedServer
from socketio.exceptions import ConnectionRefusedError
from sqlalchemy.exc import SQLAlchemyError

from compat import client_of, manager_of
from errors import AuthenticationFailed, BatchwireError
from realtime.contract.events import AUTHENTICATE
from realtime.sessions.handlers import UNAVAILABLE
from realtime.transport.direct import DirectSocket
from realtime.transport.writer import Writer
from store import users
from webapp.http.login import check_login
from webapp.services import Services

NAMESPACE = "/admin"
REVIEW_SECONDS = 1.0
# The Admin UI knows this text, and asks again.
WRONG = "invalid credentials"
# Whoever has these can pass for the user that they are of.
SECRET_HEADERS = frozenset({"authorization", "cookie"})


class Credentials(BaseModel):
    """What the Admin UI sends when it connects."""

    username: str
    password: str


class AdminUi(InstrumentedServer):  # type: ignore[misc]
    """python-socketio's instrumentation, read-only, for admins of Batchwire."""

    def __init__(self, server: Server, services: Services) -> None:
        """Instruments the server; to be called before its sockets are made direct."""
        self._services = services
        self._handle = server._trigger_event
        self._admins: dict[str, str] = {}  # User ids by socket id.
        self._is_reviewing = False
        super().__init__(
            server,
            auth=False,  # `admin_connect` sees more than the library's check: where a client comes from.
            mode=services.settings.admin_ui,
            read_only=True,
            server_id=services.connections.process,
            namespace=NAMESPACE,
        )
        server.on("disconnect", self.admin_disconnected, namespace=NAMESPACE)
        self._count_direct_sockets()

    def admin_connect(self, sid: str, environ: dict[str, Any], client_auth: Any) -> None:
        """Lets in whoever logs in with the address and the password of an admin."""
        try:
            given = Credentials.model_validate(client_auth)
            address = environ.get("REMOTE_ADDR", "")
            user = check_login(self._services, given.username, given.password, address)
        except (ValidationError, AuthenticationFailed):
            raise ConnectionRefusedError(WRONG) from None
        except BatchwireError as error:
            raise ConnectionRefusedError(error.message) from None
        except SQLAlchemyError:
            raise ConnectionRefusedError(UNAVAILABLE) from None
        if not user.is_admin:
            raise ConnectionRefusedError(WRONG)
        if not self._is_reviewing:
            self._is_reviewing = True
            every = self._services.engine.supervisor.every
            every(REVIEW_SECONDS, self.review, "admin-ui-review", expected=(SQLAlchemyError,))
        self._admins[sid] = user.id
        super().admin_connect(sid, environ, client_auth)

    def admin_disconnected(self, sid: str, *_: Any) -> None:
        """Forgets an admin."""
        self._admins.pop(sid, None)

    def review(self) -> None:
        """Ends the connections of those who are no longer admins.

        Raises:
            SQLAlchemyError: The database is away.
        """
        admins = dict(self._admins)
        if not admins:
            return
        with self._services.engine.database.read() as connection:
            known = users.by_ids(connection, set(admins.values()))
        for sid, user_id in admins.items():
            user = known.get(user_id)
            if user is None or user.disabled or not user.is_admin:
                self.sio.disconnect(sid, namespace=NAMESPACE)

    def serialize_socket(self, sid: str, namespace: str, eio_sid: str | None = None) -> dict[str, Any]:
        """What is shown of a connection: nothing that lets one pass for its user."""
        shown: dict[str, Any] = super().serialize_socket(sid, namespace, eio_sid)
        handshake = shown["handshake"]
        headers = {name: value for name, value in handshake["headers"].items() if name not in SECRET_HEADERS}
        shown["handshake"] = handshake | {"headers": headers}
        return shown

    def _trigger_event(self, event: str, namespace: str, *args: Any) -> Any:
        if event == AUTHENTICATE:  # There is a token in it.
            return self._handle(event, namespace, *args)
        try:
            return super()._trigger_event(event, namespace, *args)
        except ConnectionRefusedError:
            manager_of(self.sio)._timestamps.pop(args[0], None)  # The library would keep it for ever.
            raise

    def _count_direct_sockets(self) -> None:
        """Counts what goes over direct sockets, and tells of them with each ping: the library cannot."""
        receive, add, ping = DirectSocket.receive, Writer.add, DirectSocket.ping_if_due
        count = self.event_buffer.push

        @functools.wraps(receive)
        def counted_receive(socket: DirectSocket, packet: Packet) -> Any:
            if socket.writer is not None:
                count("packetsIn")
                count("bytesIn", len(packet.data or "") + 1)
            return receive(socket, packet)

        @functools.wraps(add)
        def counted_add(writer: Writer, frame: bytes, *, replaceable: bool = False) -> bool:
            count("packetsOut")
            count("bytesOut", len(frame))
            return add(writer, frame, replaceable=replaceable)

        @functools.wraps(ping)
        def told_ping(socket: DirectSocket, now: float) -> None:
            asked = socket.last_ping
            ping(socket, now)
            if socket.last_ping != asked and self.mode == "development":
                self._tell_of(socket.sid)

        DirectSocket.receive, Writer.add = counted_receive, counted_add  # type: ignore[method-assign, assignment]
        DirectSocket.ping_if_due = told_ping  # type: ignore[method-assign, assignment]

    def _tell_of(self, engine_sid: str) -> None:
        """An admin at another process learns of a connection in this way."""
        timestamp = datetime.now(UTC).isoformat()
        for namespace in list(manager_of(self.sio).get_namespaces()):
            sid = client_of(self.sio, engine_sid, namespace)
            if sid:
                shown = self.serialize_socket(sid, namespace, engine_sid)
                self.sio.emit("socket_connected", (shown, timestamp), namespace=NAMESPACE)
