"""Push: the protocol of WebSub without its wire."""
