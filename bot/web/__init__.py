"""The HTTP door: routes, composition, pages."""
