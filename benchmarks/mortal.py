"""The worker of production with a number of sends at a time that is chosen, as a process that is made to be killed."""

import sys

import uvloop

import worker

if __name__ == "__main__":
    vars(worker)["ACTIVITIES_AT_A_TIME"] = int(sys.argv[1])
    uvloop.run(worker.main())
