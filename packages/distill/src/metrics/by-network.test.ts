import { expect, test } from "vitest";
import { metricsByNetwork } from "./by-network.js";

test("merged names are taken apart, in the order of the log", () => {
  const metrics = { acc: 0.5, norm_edit_dis: 0.75, acc_usable: 0.6, Teacher_acc: 0.9, Big_Teacher_acc_usable: 1 };
  expect(metricsByNetwork(metrics, "Student")).toEqual({
    Student: { acc: 0.5, norm_edit_dis: 0.75, acc_usable: 0.6 },
    Teacher: { acc: 0.9 },
    Big_Teacher: { acc_usable: 1 },
  });
});

test("a network alone has no name, and an unknown metric is its own", () => {
  expect(metricsByNetwork({ hmean: 0.5, speed_up: 2 }, "")).toEqual({ "": { hmean: 0.5, speed_up: 2 } });
});
