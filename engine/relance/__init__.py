"""relance: playbooks as code for amicable debt recovery (recouvrement amiable), France first."""
