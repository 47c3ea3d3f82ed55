"""Papers by the form of NĐ 30/2020/NĐ-CP: period reports, slips, urging letters, the yearly review."""
