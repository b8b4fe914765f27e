module dev.stoker/deploy/compose/golang-pull

go 1.25
