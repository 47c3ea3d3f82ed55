"""Routes built once for a whole process: FastAPI builds those of every application anew, at its first requests."""

from dataclasses import replace
from typing import Any

from fastapi.routing import _IncludedRouter

_built: dict[int, tuple[Any, Any, Any]] = {}


def share_built_routes() -> None:
    """Let the applications that this process makes from now on share the routes they include alike."""
    build = _IncludedRouter._build_effective_context

    def once(included: _IncludedRouter, route: Any) -> Any:
        # What overrides dependencies differs between applications; here nobody overrides any.
        alike = replace(included.include_context, dependency_overrides_provider=None)
        of_route, included_so, built = _built.get(id(route), (None, None, None))
        if of_route is not route or included_so != alike:
            built = build(included, route)
            _built[id(route)] = route, alike, built
        return built

    _IncludedRouter._build_effective_context = once  # type: ignore[method-assign]
