"""What an office is to the work that a notice is about, in words."""

from config.catalogue.plan import Plan
from models.delivery.facts import NoticeFacts
from models.tables.lifecycle import NoticeKind, Role


def role_in_words(notice: NoticeFacts, plan: Plan, language: str) -> str:
    """The role of the assignment's office; to a joint lead with whom it leads, to a named office with whom to work."""
    vi = language == "vi"

    def name(code: str) -> str:
        return plan.office(code).name_vi if vi else plan.office(code).name_en

    if notice.kind is NoticeKind.INFORMED:
        lead = name(notice.office)
        return f"để biết, phối hợp với {lead}" if vi else f"for information, led by {lead}"
    if notice.role is Role.LEAD:
        leads = (notice.office, *notice.parties.joint)
        others = ", ".join(name(each) for each in leads if each != notice.recipient.office)
        if notice.parties.joint and notice.recipient.office in leads:
            return f"cùng chủ trì với {others}" if vi else f"leads jointly with {others}"
        if notice.parties.joint:
            joint = ", ".join(map(name, notice.parties.joint))
            return f"chủ trì, cùng {joint}" if vi else f"lead, jointly with {joint}"
        return "chủ trì" if vi else "lead"
    # Where every office of a kind leads a copy of its own, the subtask alone does not say whom to help.
    if plan.is_for_all_leads(notice.lead_office, notice.office):
        return "phối hợp chung" if vi else "coordinating with all leads"
    lead = name(notice.lead_office)
    return f"phối hợp với {lead}" if vi else f"coordinating with {lead}"
