"""Tables, rounded numbers and sentences from a fitted result."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "comparison": ["prob_more", "sum_of_tolls"],
        "evidence": ["documented_count", "latest_reports", "used_reports"],
        "people": ["parts_table", "people_table", "reach_sentence"],
        "rounding": ["round_count"],
        "sources": ["source_table"],
        "tables": ["prob_above", "rounded_toll", "timeline_table", "toll_table"],
        "unfolding": ["report_days", "tolls_table"],
        "words": ["likelihood_word", "toll_sentence"],
    },
)
