"""One self-contained HTML page of an estimate: the answer, its evidence, its limits, its making."""

from casualty_models.report_html.page import repeat_command, report_page, write_report

__all__ = ["repeat_command", "report_page", "write_report"]
