"""The sources that items come from; the contract is `tasks.operation.Source`."""
