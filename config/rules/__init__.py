"""Pure rules of time: values in, values out, nothing read from the clock or the store."""
