"""What tests start and use: servers, sockets, browsers over HTTP, proxies, hostile texts."""
