"""From the cotangent of a result to those of the inputs."""
