package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadReportTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TEXT cpu_utilization=0.3,mem_utilization=0.8 | 0.3 | 0.8",
        "text mem_utilization=1, named_metrics.x=7 , cpu_utilization=1.2 | 1.2 | 1",
        "JSON {\"cpu_utilization\":0.3,\"mem_utilization\":0.8} | 0.3 | 0.8",
        "JSON {\"cpuUtilization\":0.5,\"named_metrics\":{\"x\":1}} | 0.5 | NaN",
        "TEXT cpu_utilization=x,mem_utilization=0 | NaN | 0"
      })
  void readsBothForms(String header, double cpu, double memory) {
    assertThat(LoadReport.ofHeader(header)).isEqualTo(new LoadReport(cpu, memory));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "TEXT ",
        "TEXT cpu_utilization=-1",
        "TEXT cpu_utilization=NaN,mem_utilization=Infinity",
        "TEXT =,=,,",
        "JSON [1]",
        "JSON {\"cpu_utilization\":\"much\"}",
        "JSON {",
        "BIN CAE=",
        "cpu_utilization=0.5"
      })
  void whatIsNothingOfThisTellsNothing(String header) {
    assertThat(LoadReport.ofHeader(header)).isNull();
    assertThat(LoadReport.ofHeader(header + " ".repeat(5000))).isNull();
  }
}
