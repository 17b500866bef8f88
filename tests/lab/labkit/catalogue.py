"""All cases, by subject.  ../cases.tsv says what is expected of each; here stands what is planted."""

from . import (cases_dns, cases_good, cases_hosts, cases_names, cases_records, cases_renewal,
               cases_services, cases_smtp)


def plant(world):
    for module in (cases_good, cases_records, cases_names, cases_hosts, cases_smtp, cases_dns,
                   cases_services, cases_renewal):
        module.plant(world)
