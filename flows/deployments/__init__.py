"""What a coordinator sees under Deployments: names, schedules, forms."""
