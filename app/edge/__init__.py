"""What stands around all features: headers and refusals, the templates, the page's scripts, the health check."""
