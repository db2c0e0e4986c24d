"""The Socket.IO client of the tests."""

from __future__ import annotations

import engineio
import socketio


class Client(socketio.Client):
    """python-socketio's client, which also closes its socket where the connection is reset.

    The library lets go of that socket without closing it; the warning about it would fail whichever test runs
    when it is collected.
    """

    def shutdown(self) -> None:
        """Ends it for good; a connection that breaks at this moment would else be made anew for ever."""
        self.reconnection = False
        super().shutdown()

    def _engineio_client_class(self) -> type[engineio.Client]:
        return _Transport


class _Transport(engineio.Client):
    def _reset(self) -> None:
        super()._reset()
        if self.ws is not None:
            self.ws.shutdown()
