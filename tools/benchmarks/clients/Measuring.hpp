// What both clients share: time, latencies, and lines of a file.

#pragma once

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

inline double now(clockid_t clock = CLOCK_MONOTONIC) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

[[noreturn]] inline void fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

inline std::vector<std::string> lines_of(const char* path) {
  std::ifstream file(path);
  if (!file) fail(std::string("cannot read ") + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// Prints what came of a run, as one JSON object with latencies in milliseconds.
inline void print_result(double seconds, double processor_seconds, std::size_t accepted,
                         std::size_t refused, std::vector<double>& latencies) {
  std::sort(latencies.begin(), latencies.end());
  auto const quantile = [&](double share) {
    if (latencies.empty()) return 0.0;
    auto const place = static_cast<std::size_t>(share * static_cast<double>(latencies.size()));
    return latencies[std::min(latencies.size() - 1, place)] * 1000;
  };
  std::printf(
      "{\"seconds\":%.6f,\"accepted\":%zu,\"refused\":%zu,\"perSecond\":%.1f,"
      "\"clientProcessorShare\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n",
      seconds, accepted, refused, static_cast<double>(accepted) / seconds,
      processor_seconds / seconds, quantile(0.5), quantile(0.99), quantile(1));
}
