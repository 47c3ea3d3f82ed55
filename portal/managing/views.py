"""Keeping the filters and the order of a list under a name, for one account."""

from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from models.access.saved_views import remove_view, save_view
from models.store.database import session_scope
from portal.form import FormReader, read_form
from portal.pages.overview import FILTERS
from portal.sign_in.entrance import ASSIGNMENTS
from portal.web import RowId, see_other, store_of, visitor_of

router = APIRouter(default_response_class=HTMLResponse)

_KEPT = tuple(name for name in FILTERS if name != "page")


@router.post("/views")
def save(request: Request, form: FormReader = Depends(read_form)) -> Response:
    """Back to the list, which has the view from now on."""
    asked = dict(parse_qsl(form.text("query")[:2_000]))
    query = urlencode({name: asked[name][:100] for name in _KEPT if asked.get(name)})[:1_000]
    user_id = visitor_of(request).user_id or 0
    with session_scope(store_of(request).engine) as session:
        save_view(session, user_id, form.text("name"), query)
    return see_other(f"{ASSIGNMENTS}?{query}" if query else ASSIGNMENTS, flash="view_saved")


@router.post("/views/{view_id}/remove")
def remove(request: Request, view_id: RowId) -> Response:
    with session_scope(store_of(request).engine) as session:
        remove_view(session, visitor_of(request).user_id or 0, view_id)
    return see_other(ASSIGNMENTS, flash="view_removed")
