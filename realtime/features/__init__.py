"""What clients do together on top of their connections: chat, and the dashboard.

Imports everything else in `realtime`; nothing in `realtime` imports it.
"""
